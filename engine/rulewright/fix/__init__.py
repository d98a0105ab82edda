"""The smallest changes of facts that make a case ready; the search proves that they are smallest."""
