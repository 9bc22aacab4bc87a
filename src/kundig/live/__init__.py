"""Events while they happen: the door that takes them, and the worker that brings them into the lake."""
