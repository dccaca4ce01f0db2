"""What each letter of an application says, in the active language: `head` who to and from, the rest by its occasion."""
