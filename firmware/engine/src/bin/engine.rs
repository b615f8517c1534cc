//! The image with the library: two stores in statics, one for each way of verifying, the chains in flash.

#![forbid(unsafe_code)]
#![no_main]
#![no_std]

use cases::{Case, ROOT, Rules, Store};
use cortex_m_rt::entry;
use static_cell::ConstStaticCell;

static ALB: ConstStaticCell<Store> = ConstStaticCell::new(cases::store(Rules::Alb));
static RFC5280: ConstStaticCell<Store> = ConstStaticCell::new(cases::store(Rules::Rfc5280));

#[entry]
fn main() -> ! {
    let alb = filled(&ALB);
    let rfc5280 = filled(&RFC5280);
    engine::run(|case: &Case| {
        let store = match case.rules {
            Rules::Alb => alb,
            Rules::Rfc5280 => rfc5280,
        };
        store.verify_at(case.chain, case.now).as_str()
    })
}

/// A store whose CA is refused stays empty, and every case that needs the CA then shows it.
fn filled(cell: &'static ConstStaticCell<Store>) -> &'static Store {
    let store = cell.take();
    let _ = store.add_ca(ROOT);
    store
}
