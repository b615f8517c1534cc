//! Distinguished names.
#![cfg_attr(fuzzing, no_main)]

portcullis_fuzz::target!(name);
