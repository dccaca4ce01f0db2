"""What the jury comes to: the ranking, the finalists, the votes in the meeting, the decision and its minutes."""
