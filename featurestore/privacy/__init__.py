"""What the store gives away of the child behind a vector: made less, and measured."""
