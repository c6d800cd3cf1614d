"""Labels that were given elsewhere: what exports of labelling tools say, without reaching for what they point at."""
