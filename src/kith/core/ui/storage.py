"""Static files under names that hold a hash of their content, also where one script imports another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    """WhiteNoise's storage that rewrites `import "./dom.js"` too, so that no script outlives an upgrade in a cache."""

    support_js_module_import_aggregation = True
