"""From evidence to training labels (views), and from a data set to its parts (splits). Pure functions on arrays."""
