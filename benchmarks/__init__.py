"""Where the figures in docs/ come from: our way beside the usual way, in one run."""
