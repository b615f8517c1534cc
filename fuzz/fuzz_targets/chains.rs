//! Chains made to a plan, against webpki and OpenSSL.
#![cfg_attr(fuzzing, no_main)]

portcullis_fuzz::target!(chains);
