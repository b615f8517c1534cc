//! What there is to show at one moment.

use core::fmt;
use core::sync::atomic::Ordering;
use core::time::Duration;

use jiff::Timestamp;
use portcullis::pki_types::UnixTime;
use portcullis::{Certificate, Crl, DateTime};
use serde::{Serialize, Serializer};

use crate::arguments::{AuthForm, Mode};
use crate::serve::Server;
use crate::serve::auth::Auth;
use crate::serve::refusal::{Refusal, Via};
use crate::trust::Notice;

/// Everything on the page; as JSON, what docs/status.schema.json describes. Times are RFC 3339.
#[derive(Debug, Serialize)]
pub(super) struct Snapshot {
    pub(super) version: &'static str,
    pub(super) time: Moment,
    pub(super) started: Moment,
    pub(super) uptime_seconds: i64,
    /// Where it listens for TLS, if it does.
    pub(super) listener: Option<String>,
    /// Where it answers proxies, if it does.
    pub(super) auth: Option<AuthFacts>,
    pub(super) elb: String,
    pub(super) mode: Mode,
    pub(super) policy: &'static str,
    pub(super) ignore_expiry: bool,
    /// The time as of which clients are judged, if it is not that of the clock.
    pub(super) judged_as_of: Option<Moment>,
    pub(super) open_connections: u64,
    pub(super) max_connections: u32,
    /// Connections that were reset since too many were open.
    pub(super) over_limit: u64,
    pub(super) requests: u64,
    /// Requests of proxies about clients.
    pub(super) auth_requests: u64,
    /// Every status, those of which there was none too.
    pub(super) verdicts: Vec<VerdictCount>,
    /// The last ones, the newest first.
    pub(super) refusals: Vec<RefusalFacts>,
    pub(super) trust_store: StoreFacts,
}

/// What proxies ask.
#[derive(Debug, Serialize)]
pub(super) struct AuthFacts {
    pub(super) address: String,
    pub(super) header: String,
    pub(super) form: AuthForm,
}

/// How often a status was given.
#[derive(Debug, Serialize)]
pub(super) struct VerdictCount {
    pub(super) status: &'static str,
    pub(super) count: u64,
}

/// A client that was refused.
#[derive(Debug, Serialize)]
pub(super) struct RefusalFacts {
    pub(super) time: Moment,
    pub(super) client: String,
    pub(super) via: Via,
    pub(super) conn_trace_id: String,
    pub(super) status: &'static str,
    /// Absent if there was no agreement on one.
    pub(super) protocol: Option<&'static str>,
    /// Absent if no certificate was presented that can be read.
    pub(super) subject: Option<String>,
    pub(super) explanation: String,
    /// What would mend it.
    pub(super) remedy: Option<String>,
}

/// The trust store in use.
#[derive(Debug, Serialize)]
pub(super) struct StoreFacts {
    pub(super) file: String,
    pub(super) loaded: Moment,
    /// How often it was replaced.
    pub(super) reloads: u64,
    /// How often its replacement was refused.
    pub(super) refused_reloads: u64,
    /// The last refusal, if the files have not been read well since.
    pub(super) last_refusal: Option<ReloadRefusal>,
    /// What is odd about the CRLs, signatures included.
    pub(super) notices: Vec<NoticeFacts>,
    pub(super) cas: Vec<CaFacts>,
    pub(super) crls: Vec<ListFacts>,
}

/// A replacement that can't be used.
#[derive(Debug, Serialize)]
pub(super) struct ReloadRefusal {
    pub(super) time: Moment,
    pub(super) reason: String,
}

/// Something odd about a CRL.
#[derive(Debug, Serialize)]
pub(super) struct NoticeFacts {
    pub(super) text: String,
    /// Whether clients are refused for it.
    pub(super) is_fault: bool,
}

/// A CA certificate.
#[derive(Debug, Serialize)]
pub(super) struct CaFacts {
    pub(super) subject: String,
    pub(super) issuer: String,
    pub(super) serial: String,
    pub(super) key: String,
    pub(super) not_before: Moment,
    pub(super) not_after: Moment,
    pub(super) validity: Currency,
    /// Until it ends, negative if it has.
    pub(super) days_left: i64,
}

/// A CRL.
#[derive(Debug, Serialize)]
pub(super) struct ListFacts {
    pub(super) file: String,
    pub(super) issuer: String,
    pub(super) this_update: Moment,
    /// Absent when the list doesn't say.
    pub(super) next_update: Option<Moment>,
    pub(super) validity: Currency,
    pub(super) entries: usize,
    /// What the list itself makes it unusable for, the signature aside.
    pub(super) fault: Option<String>,
}

/// Whether the time is right.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Currency {
    Current,
    /// It ends within 30 days.
    EndsSoon,
    Expired,
    NotYetValid,
}

/// A point in time, in whole seconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Moment(DateTime);

impl Snapshot {
    pub(super) fn take(server: &Server) -> Self {
        Self {
            refusals: server
                .status
                .refused()
                .iter()
                .map(RefusalFacts::from)
                .collect(),
            ..Self::without_refusals(server)
        }
    }

    /// For who asks every few seconds and wants numbers: it takes signature checks to tell why a
    /// client was refused.
    pub(super) fn without_refusals(server: &Server) -> Self {
        let (status, arguments) = (&server.status, &server.arguments);
        let now = Timestamp::now();
        Self {
            version: env!("CARGO_PKG_VERSION"),
            time: now.into(),
            started: status.started.into(),
            uptime_seconds: now.as_second().saturating_sub(status.started.as_second()),
            listener: server.front.as_ref().map(|front| front.address.to_string()),
            auth: server.auth.as_deref().map(AuthFacts::from),
            elb: arguments.elb.clone(),
            mode: arguments.mode,
            policy: arguments.store.policy.as_str(),
            ignore_expiry: arguments.store.ignore_expiry,
            judged_as_of: arguments.store.time.map(|time| Moment(time.into())),
            open_connections: status.open.load(Ordering::Relaxed),
            max_connections: arguments.max_connections,
            over_limit: status.over_limit.load(Ordering::Relaxed),
            requests: status.requests.load(Ordering::Relaxed),
            auth_requests: status.questions.load(Ordering::Relaxed),
            verdicts: status
                .statuses()
                .map(|(status, count)| VerdictCount {
                    status: status.as_str(),
                    count,
                })
                .collect(),
            refusals: Vec::new(),
            trust_store: StoreFacts::of(server, now),
        }
    }
}

impl From<&Auth> for AuthFacts {
    fn from(auth: &Auth) -> Self {
        Self {
            address: auth.place.clone(),
            header: auth.header().to_string(),
            form: auth.form(),
        }
    }
}

impl From<&Refusal> for RefusalFacts {
    fn from(refusal: &Refusal) -> Self {
        let told = refusal.story.tell();
        Self {
            time: refusal.time.into(),
            client: refusal.client.clone(),
            via: refusal.via,
            conn_trace_id: refusal.conn_trace_id.to_string(),
            status: refusal.status.as_str(),
            protocol: refusal.protocol,
            subject: told.subject,
            explanation: told.explanation,
            remedy: told.remedy,
        }
    }
}

impl StoreFacts {
    fn of(server: &Server, now: Timestamp) -> Self {
        let store = server.clients.store();
        let history = server.status.store();
        let arguments = &server.arguments.store;
        // The clock of the verdict, which --time stops.
        let now = arguments
            .time
            .map_or(now.as_second(), |time| DateTime::from(time).unix_seconds());
        Self {
            file: arguments.trust_store.display().to_string(),
            loaded: history.loaded.into(),
            reloads: history.reloads,
            refused_reloads: history.refusals,
            last_refusal: history.last_refusal.map(|(time, reason)| ReloadRefusal {
                time: time.into(),
                reason,
            }),
            notices: history.notices.into_iter().map(NoticeFacts::from).collect(),
            cas: store.cas().map(|ca| CaFacts::new(&ca, now)).collect(),
            crls: store
                .crls()
                .zip(history.crl_files)
                .map(|(crl, file)| ListFacts::new(crl, file, now))
                .collect(),
        }
    }
}

impl CaFacts {
    fn new(ca: &Certificate<'_>, now: i64) -> Self {
        let validity = ca.validity();
        let end = validity.not_after().unix_seconds();
        Self {
            subject: ca.subject().to_string(),
            issuer: ca.issuer().to_string(),
            serial: ca.serial().to_string(),
            key: ca.key_type().to_string(),
            not_before: Moment(validity.not_before()),
            not_after: Moment(validity.not_after()),
            validity: Currency::new(validity.not_before().unix_seconds(), Some(end), now),
            days_left: (end - now).div_euclid(DAY),
        }
    }
}

impl ListFacts {
    fn new(crl: &Crl<'_>, file: String, now: i64) -> Self {
        let end = crl.next_update().map(DateTime::unix_seconds);
        Self {
            file,
            issuer: crl.issuer().to_string(),
            this_update: Moment(crl.this_update()),
            next_update: crl.next_update().map(Moment),
            validity: Currency::new(crl.this_update().unix_seconds(), end, now),
            entries: crl.len(),
            fault: crl.fault().map(|fault| fault.to_string()),
        }
    }
}

impl Currency {
    fn new(begin: i64, end: Option<i64>, now: i64) -> Self {
        match end {
            _ if now < begin => Self::NotYetValid,
            Some(end) if now >= end => Self::Expired,
            // A CRL that is made anew each week always ends soon.
            Some(end) if now >= end - 30 * DAY && end - begin > 90 * DAY => Self::EndsSoon,
            _ => Self::Current,
        }
    }
}

impl From<Notice> for NoticeFacts {
    fn from(notice: Notice) -> Self {
        Self {
            text: notice.text,
            is_fault: notice.is_fault,
        }
    }
}

impl Moment {
    /// Since 1970, negative before.
    pub(super) const fn unix_seconds(self) -> i64 {
        self.0.unix_seconds()
    }
}

impl From<Timestamp> for Moment {
    fn from(time: Timestamp) -> Self {
        let seconds = u64::try_from(time.as_second()).unwrap_or_default();
        Self(UnixTime::since_unix_epoch(Duration::from_secs(seconds)).into())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

const DAY: i64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ca_ends_soon_for_30_days_and_a_weekly_list_never() {
        let years = 10 * 365 * DAY;
        for (now, expected) in [
            (-1, Currency::NotYetValid),
            (0, Currency::Current),
            (years - 30 * DAY - 1, Currency::Current),
            (years - 30 * DAY, Currency::EndsSoon),
            (years - 1, Currency::EndsSoon),
            (years, Currency::Expired),
        ] {
            assert_eq!(Currency::new(0, Some(years), now), expected, "{now}");
        }
        assert_eq!(
            Currency::new(0, Some(7 * DAY), 7 * DAY - 1),
            Currency::Current
        );
        assert_eq!(Currency::new(0, None, i64::MAX), Currency::Current);
    }
}
