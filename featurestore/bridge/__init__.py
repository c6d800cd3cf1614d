"""From an old encoder's vectors to a new one's, since the pictures behind the old ones are gone."""
