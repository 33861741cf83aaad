"""Go templates, as manifests and custom commands are written in them: text/template, Sprig, and parts of gomplate."""
