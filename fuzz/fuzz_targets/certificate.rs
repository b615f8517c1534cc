//! Certificates of any octets.
#![cfg_attr(fuzzing, no_main)]

portcullis_fuzz::target!(certificate);
