module portcullis/parity

go 1.19
