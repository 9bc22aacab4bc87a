"""Where facts are kept and computed on: the lake, and the engines that read it."""
