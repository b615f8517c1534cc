//! Indexes that somebody else made.
#![cfg_attr(fuzzing, no_main)]

portcullis_fuzz::target!(crl_index);
