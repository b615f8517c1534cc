//! Runs the program itself on the certificates of the repository, as a person would.

mod batch;
mod bench;
mod crl_files;
mod explain;
mod help;
mod index;
mod inputs;
mod inspect;
mod inspect_crl;
mod lint;
mod log;
mod output;
mod pkcs12;
mod revocation;
mod run;
mod schema;
mod status_page;
mod trust_store;
mod verify;
