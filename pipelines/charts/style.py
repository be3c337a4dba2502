"""Colours, type and height that all drawings share, on screen and on paper."""

INK, SOFT, LINE, WASH = "#1d2b39", "#56636f", "#e2dfd7", "#f7f5f0"
# Improvement is blue, concern orange, what is neither slate; never without a shape and a word.
BLUE, ORANGE, SLATE = "#154273", "#a8480a", "#56636f"
BAND, NORM = "#d3e1ee", "#a8480a"
FONT = "Source Sans, Source Sans Pro, Segoe UI, Helvetica Neue, Arial, sans-serif"
HEIGHT = 250
