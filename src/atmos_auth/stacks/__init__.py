"""From stack manifests to one component's merged section: files, imports, inheritance, names, templates."""
