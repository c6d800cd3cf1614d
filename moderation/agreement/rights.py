"""What opens the pages of this room."""

LEAD = "agreement.lead"
