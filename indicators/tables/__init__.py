"""The records of TA-Lib's functions, one module a family; of its 201 only MAVP, fed with periods, is left out."""
