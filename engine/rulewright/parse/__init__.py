"""Parser of rulebooks: it reports every mistake of shape, name and type in one pass, with its place."""
