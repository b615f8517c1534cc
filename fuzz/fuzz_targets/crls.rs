//! Revocation lists, against OpenSSL.
#![cfg_attr(fuzzing, no_main)]

portcullis_fuzz::target!(crls);
