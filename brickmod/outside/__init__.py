"""What goes out of the house: which addresses may be connected to, and connections that end in time."""
