//! Proxies that ask whether their clients may pass.

mod answers;
mod forms;
mod hostile;
mod options;
mod proxy;
mod socket;
mod xfcc;
