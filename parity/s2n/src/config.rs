//! What s2n-tls calls its configuration.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr::{self, NonNull};
use std::ffi::CString;

use pem_rfc7468::LineEnding;
use s2n_tls_sys::{
    s2n_cert_auth_type, s2n_config, s2n_config_add_cert_chain_and_key,
    s2n_config_add_pem_to_trust_store, s2n_config_free, s2n_config_new_minimal,
    s2n_config_set_cipher_preferences, s2n_config_set_client_auth_type,
    s2n_config_set_max_cert_chain_depth, s2n_config_set_verify_host_callback,
    s2n_config_set_wall_clock,
};

use crate::Setup;
use crate::crls::Crls;
use crate::error::{LastError, SetupError, check};

pub(crate) struct Config {
    raw: NonNull<s2n_config>,
    // The configuration has pointers to both, which stay in their boxes.
    _nanoseconds: Box<u64>,
    _crls: Option<Box<Crls>>,
    refused_anchors: Vec<usize>,
}

impl Config {
    #[expect(unsafe_code, reason = "functions of s2n-tls")]
    pub(crate) fn new(setup: &Setup<'_>) -> Result<Self, SetupError> {
        let crls = setup.crls.map(Crls::read).transpose()?.map(Box::new);
        let nanoseconds = Box::new(setup.now.saturating_mul(1_000_000_000));
        // SAFETY: s2n-tls is initialized.
        let raw = NonNull::new(unsafe { s2n_config_new_minimal() });
        let raw = raw.ok_or_else(|| SetupError::Other(LastError::take().name()))?;
        let mut config = Self {
            raw,
            _nanoseconds: nanoseconds,
            _crls: crls,
            refused_anchors: Vec::new(),
        };
        let clock = ptr::from_ref(&*config._nanoseconds).cast_mut().cast();
        let certificate = to_pem("CERTIFICATE", setup.certificate);
        let private_key = to_pem("PRIVATE KEY", setup.private_key);
        // SAFETY: the configuration is alive and owned by this alone; the texts are lent for the
        // time of the calls; the clock's context is kept in the configuration's own `_nanoseconds`,
        // and `tell_time` reads it only.
        unsafe {
            check(s2n_config_set_cipher_preferences(
                raw.as_ptr(),
                SECURITY_POLICY.as_ptr(),
            ))?;
            let required = s2n_cert_auth_type::REQUIRED;
            check(s2n_config_set_client_auth_type(raw.as_ptr(), required))?;
            check(s2n_config_set_max_cert_chain_depth(
                raw.as_ptr(),
                setup.max_depth,
            ))?;
            check(s2n_config_set_wall_clock(
                raw.as_ptr(),
                Some(tell_time),
                clock,
            ))?;
            let any = Some(believe_name as unsafe extern "C" fn(_, _, _) -> _);
            check(s2n_config_set_verify_host_callback(
                raw.as_ptr(),
                any,
                ptr::null_mut(),
            ))?;
            check(s2n_config_add_cert_chain_and_key(
                raw.as_ptr(),
                certificate.as_ptr(),
                private_key.as_ptr(),
            ))?;
        }
        if let Some(crls) = &config._crls {
            crls.install(raw)?;
        }
        for (index, anchor) in setup.anchors.iter().enumerate() {
            let pem = to_pem("CERTIFICATE", anchor);
            // SAFETY: the configuration is alive; the text is lent for the time of the call.
            let status = unsafe { s2n_config_add_pem_to_trust_store(raw.as_ptr(), pem.as_ptr()) };
            if check(status).is_err() {
                config.refused_anchors.push(index);
            }
        }
        Ok(config)
    }

    pub(crate) fn as_ptr(&self) -> *mut s2n_config {
        self.raw.as_ptr()
    }

    pub(crate) fn refused_anchors(&self) -> &[usize] {
        &self.refused_anchors
    }
}

impl Drop for Config {
    #[expect(unsafe_code, reason = "a function of s2n-tls")]
    fn drop(&mut self) {
        // SAFETY: made by `s2n_config_new_minimal`, owned by this alone, and freed once; `Server`
        // has dropped the connection that points to it.
        unsafe { s2n_config_free(self.raw.as_ptr()) };
    }
}

impl core::fmt::Debug for Config {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Config").finish_non_exhaustive()
    }
}

#[expect(unsafe_code, reason = "called by s2n-tls")]
unsafe extern "C" fn tell_time(context: *mut c_void, nanoseconds: *mut u64) -> c_int {
    // SAFETY: the context set in `Config::new`, which lives as long as the configuration, and a
    // place for the answer that s2n-tls lends for the time of the call.
    unsafe { *nanoseconds = *context.cast::<u64>() };
    0
}

/// A client may be called what it likes.
#[expect(unsafe_code, reason = "called by s2n-tls")]
unsafe extern "C" fn believe_name(_: *const c_char, _: usize, _: *mut c_void) -> u8 {
    1
}

pub(crate) fn to_pem(label: &str, der: &[u8]) -> CString {
    let encoded = pem_rfc7468::encode_string(label, LineEnding::LF, der);
    CString::new(encoded.expect("any bytes fit into PEM")).expect("there is no NUL in PEM")
}

/// One of ALB's policies for mutual TLS; all of one age take the same certificates.
const SECURITY_POLICY: &CStr = c"ELBSecurityPolicy-TLS13-1-2-PQ-2025-09";
