"""What a report is made of: pure functions over frames and bytes."""
