//! Names and name constraints, against webpki and OpenSSL.
#![cfg_attr(fuzzing, no_main)]

portcullis_fuzz::target!(constraints);
