//! The cases of the firmware images, here.

use portcullis::signature::{AWS_LC_RS, RUSTCRYPTO};
use portcullis::{FailureReason, VerifyStatus};
use verdicts::CASES;

#[test]
fn every_case_has_its_status_with_either_backend() {
    for case in &CASES {
        for algorithms in [RUSTCRYPTO, AWS_LC_RS] {
            assert_eq!(case.status(algorithms), case.expected, "{}", case.name);
        }
    }
}

#[test]
fn every_status_comes_out_of_some_case() {
    let failures = FailureReason::ALL.map(VerifyStatus::Failed);
    for status in failures.into_iter().chain([VerifyStatus::Success]) {
        let has_case = CASES.iter().any(|case| case.expected == status.as_str());
        assert!(has_case, "{status}");
    }
}
