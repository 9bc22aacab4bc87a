"""What stands on the pages of whole rooms, one file a page: which analyses, in which chapters, with which columns."""
