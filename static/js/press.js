// Presses the one button of a page that only leads on. Without scripts a person presses it.
document.querySelector("form[data-press]")?.requestSubmit();
