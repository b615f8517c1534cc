//! Clients that were refused, and why.

use std::sync::Arc;

use jiff::Timestamp;
use portcullis::pki_types::{CertificateDer, UnixTime};
use portcullis::rustls::Verdict;
use portcullis::{Certificate, Check, ConnTraceId, Explanation, TrustStore, VerifyStatus};
use serde::Serialize;

use super::Server;
use super::handshake::HandshakeError;
use crate::arguments::AuthForm;
use crate::explain::remedy;
use crate::outcome::complaint;
use crate::printable::capitalized;

/// A client that was refused.
#[derive(Clone)]
pub(super) struct Refusal {
    pub(super) time: Timestamp,
    /// Address and port, or what stands for them: the proxy's where one asked.
    pub(super) client: String,
    pub(super) via: Via,
    pub(super) conn_trace_id: ConnTraceId,
    pub(super) status: VerifyStatus,
    pub(super) protocol: Option<&'static str>,
    pub(super) story: Story,
}

/// Who was told.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Via {
    /// A proxy that asked.
    Auth,
    /// The client itself.
    Handshake,
}

/// Why. It takes signature checks to tell, so it is told when somebody asks.
#[derive(Clone)]
pub(super) enum Story {
    Question(Box<Question>),
    Told(Told),
    Verdict(Box<Verdict>),
}

/// A chain that a proxy has asked about, and what it is judged by.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) store: Arc<TrustStore<'static>>,
    pub(super) presented: Vec<CertificateDer<'static>>,
    pub(super) time: UnixTime,
    pub(super) form: AuthForm,
}

/// Why, in words.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub(super) subject: Option<String>,
    pub(super) explanation: String,
    pub(super) remedy: Option<String>,
}

impl Refusal {
    pub(super) fn new(
        client: String,
        via: Via,
        conn_trace_id: ConnTraceId,
        protocol: Option<&'static str>,
        status: VerifyStatus,
        story: Story,
    ) -> Self {
        Self {
            time: Timestamp::now(),
            client,
            via,
            conn_trace_id,
            status,
            protocol,
            story,
        }
    }

    /// Keeps the reason for the status page, and tells it.
    pub(super) fn publish(self, server: &Server) {
        if !server.arguments.quiet
            && let Some(untold) = server.status.may_tell()
        {
            if untold > 0 {
                server.narration.offer(complaint(format_args!(
                    "{untold} more were refused; the connection log has all"
                )));
            }
            let told = self.story.tell();
            let subject = told.subject.map(|subject| format!(" \"{subject}\""));
            let remedy = told.remedy.map(|remedy| format!(" {remedy}"));
            server.narration.offer(complaint(format_args!(
                "{}: {}{}: {}{}",
                self.client,
                self.status,
                subject.unwrap_or_default(),
                told.explanation,
                remedy.unwrap_or_default(),
            )));
        }
        server.status.refuse(self);
    }
}

impl Story {
    /// Of a handshake that failed.
    pub(super) fn new(verdict: Verdict, error: &HandshakeError) -> Self {
        if verdict.store().is_some() {
            return Self::Verdict(Box::new(verdict));
        }
        let explanation = match (error, verdict.leaf()) {
            // It was about to pass.
            (HandshakeError::Tls(_), Some(_)) => {
                format!(
                    "the client did not prove that it holds the key of this certificate: {error}"
                )
            }
            _ => error.to_string(),
        };
        Self::Told(Told {
            subject: verdict.leaf().map(|leaf| leaf.subject().to_string()),
            explanation: format!("{}.", capitalized(&explanation)),
            remedy: match error {
                HandshakeError::Tls(rustls::Error::NoCertificatesPresented) => {
                    Some("Have the client send its certificate.".to_owned())
                }
                _ => None,
            },
        })
    }

    pub(super) fn tell(&self) -> Told {
        match self {
            Self::Question(question) => question.tell(),
            Self::Told(told) => told.clone(),
            Self::Verdict(verdict) => tell(verdict),
        }
    }
}

impl Question {
    pub(super) fn status(&self) -> VerifyStatus {
        self.store.verify_at(&self.presented, self.time)
    }

    /// The client's own certificate, if there is one that can be read.
    pub(super) fn leaf(&self) -> Option<Certificate<'_>> {
        Certificate::parse(self.presented.first()?).ok()
    }

    fn tell(&self) -> Told {
        let explanation = self.store.explain(&self.presented, self.time);
        let mut told = Told::new(&self.store, &self.presented, &explanation);
        let is_alone = self.form == AuthForm::EscapedPem && self.presented.len() == 1;
        if let (true, Some(Check::Issuer), Some(remedy)) =
            (is_alone, explanation.check(), &mut told.remedy)
        {
            remedy.push_str(NGINX);
        }
        told
    }
}

impl Told {
    /// Of a client of which nothing is known but that it may not pass.
    pub(super) fn of(why: &str) -> Self {
        Self {
            explanation: format!("{}.", capitalized(why)),
            ..Self::default()
        }
    }

    fn new(
        store: &TrustStore<'_>,
        presented: &[CertificateDer<'_>],
        explanation: &Explanation<'_>,
    ) -> Self {
        let leaf = presented.first();
        let leaf = leaf.and_then(|leaf| Certificate::parse(leaf).ok());
        Self {
            subject: leaf.map(|leaf| leaf.subject().to_string()),
            explanation: capitalized(&explanation.to_string()),
            remedy: remedy(store, presented, explanation),
        }
    }
}

fn tell(verdict: &Verdict) -> Told {
    match (verdict.explain(), verdict.store()) {
        (Some(explanation), Some(store)) => Told::new(store, verdict.presented(), &explanation),
        _ => Told::default(),
    }
}

const NGINX: &str =
    " But nginx hands over the client's own alone: then it has to be in the trust store.";
