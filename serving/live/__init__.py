"""Models while they serve: loaded and checked, replaced without dropping a request, in one process or several."""
