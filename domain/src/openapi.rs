//! JSON schemas for the types that are text on the wire.

use std::borrow::Cow;

use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::https_url::HttpsUrl;
use crate::org::Origin;
use crate::provider::{PathPattern, Region};

impl PartialSchema for HttpsUrl {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new().schema_type(Type::String);
        object.format(Some(SchemaFormat::Custom("uri".to_owned()))).into()
    }
}

impl ToSchema for HttpsUrl {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("HttpsUrl")
    }
}

impl PartialSchema for Region {
    fn schema() -> RefOr<Schema> {
        let names = Region::ALL.map(Region::top_level_domain);
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
    }
}

impl ToSchema for Region {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Region")
    }
}

impl PartialSchema for PathPattern {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new().schema_type(Type::String);
        object.description(Some("Such as sites/*/points, or POST points/get_timeseries.")).into()
    }
}

impl ToSchema for PathPattern {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("PathPattern")
    }
}

impl PartialSchema for Origin {
    fn schema() -> RefOr<Schema> {
        HttpsUrl::schema()
    }
}

impl ToSchema for Origin {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Origin")
    }
}
