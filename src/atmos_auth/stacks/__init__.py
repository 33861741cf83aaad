"""What stack manifests say: templates in their text."""
