"""One file a model, each with its `MODEL`: a scenario and a client as files have them, and what theory says of them."""
