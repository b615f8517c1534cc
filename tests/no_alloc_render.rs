//! Writing and reading log lines and headers allocates nothing.

use core::fmt::{self, Write};
use core::time::Duration;

use allocation_counter::measure;
use portcullis::pki_types::CertificateDer;
use portcullis::{
    AccessLogEntry, Certificate, Chain, CloudFrontStatus, ConnectionLogEntry, FailureReason,
    HaproxyVerify, LogTimestamp, MtlsHeaders, MtlsPem, NginxVerify, VerifyStatus,
};

#[test]
fn log_lines_are_read_and_written_without_an_allocation() {
    let [connections, requests] = [CONNECTIONS, REQUESTS].map(|lines| lines.lines());
    let count = measure(|| {
        for line in connections {
            if let Ok(entry) = ConnectionLogEntry::parse(line) {
                write(format_args!("{entry} {entry:?}"));
            }
        }
        for line in requests {
            let entry = AccessLogEntry::parse(line).expect("a documented line");
            write(format_args!("{entry} {entry:?}"));
            write(format_args!("{}", entry.request.expect("a request")));
        }
        for line in ["", "a", "Enable ConnectionLog for ELB"] {
            let error = ConnectionLogEntry::parse(line).expect_err("no entry");
            write(format_args!("{error}"));
        }
    });
    assert_eq!(count.count_total, 0);
}

#[test]
fn entries_are_made_and_written_without_an_allocation() {
    let der = std::fs::read("tests/data/leaf.der").expect("a file of this repository");
    let count = measure(|| {
        let leaf = Certificate::parse(&der).expect("a certificate");
        let time = LogTimestamp::since_unix_epoch(Duration::from_secs(1));
        let mut entry = ConnectionLogEntry::new(time, [127, 0, 0, 1].into(), 1, 2);
        entry.leaf = Some((&leaf).into());
        entry.status = Some(VerifyStatus::Success);
        entry.elb = Some("a b");
        write(format_args!("{entry}"));
        let mut entry = AccessLogEntry::new("h2", time, "a b", ([127, 0, 0, 1], 1).into());
        entry.user_agent = Some("\"\u{e9}\0".into());
        write(format_args!("{entry}"));
    });
    assert_eq!(count.count_total, 0);
}

#[test]
fn headers_are_written_and_read_without_an_allocation() {
    let der = std::fs::read("tests/data/leaf.der").expect("a file of this repository");
    let leaf = Certificate::parse(&der).expect("a certificate");
    let value = MtlsHeaders::verify(&leaf).iter().last().expect("the leaf");
    let value = value.1.to_string();
    let presented = [CertificateDer::from(der.as_slice())];
    let count = measure(|| {
        let leaf = Certificate::parse(&der).expect("a certificate");
        for headers in [
            MtlsHeaders::verify(&leaf),
            MtlsHeaders::passthrough(Chain::from(&presented)),
        ] {
            for (name, value) in headers.iter() {
                write(format_args!("{name}: {value}"));
            }
        }
        let mut buffer = [0; 4096];
        let read = MtlsPem::leaf(value.as_bytes(), &mut buffer);
        assert_eq!(read, Ok(der.as_slice()));
        assert!(MtlsHeaders::is_name("x-amzn-mtls-clientcert"));
    });
    assert_eq!(count.count_total, 0);
}

#[test]
fn the_words_of_others_are_written_and_read_without_an_allocation() {
    let count = measure(|| {
        for reason in FailureReason::ALL {
            let status = VerifyStatus::Failed(reason);
            write(format_args!("{}", NginxVerify::from(status)));
            write(format_args!("{:?}", HaproxyVerify::from(status)));
            write(format_args!("{:?}", CloudFrontStatus::from_status(status)));
        }
        let read: NginxVerify = "FAILED:certificate has expired".parse().expect("a value");
        assert_eq!(
            read.status(),
            VerifyStatus::Failed(FailureReason::ClientCertExpired)
        );
        let read: CloudFrontStatus = "Failed:ClientCertMissing".parse().expect("a value");
        assert_eq!(read, CloudFrontStatus::ClientCertMissing);
    });
    assert_eq!(count.count_total, 0);
}

fn write(arguments: fmt::Arguments<'_>) {
    struct Nowhere;

    impl Write for Nowhere {
        fn write_str(&mut self, _: &str) -> fmt::Result {
            Ok(())
        }
    }

    Nowhere.write_fmt(arguments).expect("nowhere takes all");
}

const CONNECTIONS: &str = include_str!("data/logs/connection.log");
const REQUESTS: &str = include_str!("data/logs/access.log");
