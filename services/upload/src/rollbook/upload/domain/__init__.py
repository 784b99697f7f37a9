"""What the upload service knows of files and uploads, free of any technology."""
