"""Training of the model that tells a web page's main content from the rest."""
