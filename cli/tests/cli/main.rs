//! Runs the program itself on the certificates of the repository, as a person would.

mod batch;
mod explain;
mod help;
mod inputs;
mod inspect;
mod output;
mod pkcs12;
mod run;
mod schema;
mod trust_store;
mod verify;
