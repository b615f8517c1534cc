//! RSA, against AWS-LC.
#![cfg_attr(fuzzing, no_main)]

portcullis_fuzz::target!(rsa);
