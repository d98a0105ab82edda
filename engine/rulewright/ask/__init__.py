"""The interview: which fact to ask for next, as pure data and functions; terminals stand on top."""
