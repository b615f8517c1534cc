//! `DistributionPointName` (RFC 5280 4.2.1.13).

use super::general_name::check_list;
use crate::der;
use crate::name::Rdn;

/// `DistributionPointName ::= CHOICE { fullName [0], nameRelativeToCRLIssuer [1] }`
#[derive(Clone, Copy)]
pub(crate) enum PointName<'a> {
    Full(&'a [u8]),
    Relative(Rdn<'a>),
}

impl<'a> PointName<'a> {
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn read(content: &'a [u8]) -> Option<Self> {
        let mut reader = der::Reader::new(content);
        let form = reader.any()?;
        reader.finish()?;
        match form.tag {
            FULL_NAME => {
                check_list(form.value)?;
                Some(Self::Full(form.value))
            }
            RELATIVE_NAME => Rdn::parse(form.value).map(Self::Relative),
            _ => None,
        }
    }
}

pub(crate) const FULL_NAME: u8 = der::context_constructed(0);
const RELATIVE_NAME: u8 = der::context_constructed(1);
