//! The image with the library: two stores in statics, one for each way of verifying, the chains in flash.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use board::entry;
use cases::{Case, ROOT, Rules, Store};
use static_cell::ConstStaticCell;

static ALB: ConstStaticCell<Store> = ConstStaticCell::new(cases::store(Rules::Alb));
static RFC5280: ConstStaticCell<Store> = ConstStaticCell::new(cases::store(Rules::Rfc5280));

#[entry]
fn main() -> ! {
    let (alb, rfc5280) = (filled(&ALB), filled(&RFC5280));
    engine::run(|case: &Case| {
        let store = match case.rules {
            Rules::Alb => &alb,
            Rules::Rfc5280 => &rfc5280,
        };
        match store {
            Some(store) => store.verify_at(case.chain, case.now).as_str(),
            None => "no store",
        }
    })
}

/// The store with its CA in it; nothing here may panic, or the image would no longer show that the library does not.
fn filled(cell: &'static ConstStaticCell<Store>) -> Option<&'static Store> {
    let store = cell.try_take()?;
    store.add_ca(ROOT).ok()?;
    Some(store)
}
