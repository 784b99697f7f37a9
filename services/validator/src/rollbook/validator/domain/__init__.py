"""The rules: what is wrong in one record, and what is wrong between records.  Pure: frames in, frames out."""
