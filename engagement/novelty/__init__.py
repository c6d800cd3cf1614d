SHOWN = 30  # creations of a card that a person sees
