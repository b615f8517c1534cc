//! The headers of mutual TLS.
#![cfg_attr(fuzzing, no_main)]

portcullis_fuzz::target!(headers);
