"""Where machines ask. Doubled slashes count as one: clients join base addresses and paths carelessly.

An id is the rest of the path as it stands, for a stage's name may hold slashes.
"""

from django.urls import re_path

from atsbridge.api import accounts, actions, events, files, hooks, openapi, truto, writing

records = writing.by_method(truto.index, POST=writing.create)
download = writing.by_method(truto.one, POST=files.download)
record = writing.by_method(truto.one, POST=writing.method, PATCH=writing.change, DELETE=writing.change)

urlpatterns = [
    re_path(r"^hooks/(?P<connector>[^/]+)/(?P<token>[^/]+)\Z", hooks.hook, name="hook"),
    re_path(r"^(?:/*)unified/+ats/+(?P<resource>[^/]+)/*\Z", records, name="truto_list"),
    re_path(
        r"^(?:/*)unified/+ats/+(?P<resource>attachments)/+(?P<remote_id>download)/*\Z", download, name="truto_download"
    ),
    re_path(r"^(?:/*)unified/+ats/+(?P<resource>[^/]+)/(?P<remote_id>[\s\S]+)\Z", record, name="truto_record"),
    re_path(r"^(?:/*)files/+(?P<token>[^/]+)\Z", files.one, name="file"),
    re_path(r"^(?:/*)actions/+(?P<action_id>[^/]+)/*\Z", actions.one, name="action"),
    re_path(r"^(?:/*)events/*\Z", events.index, name="events"),
    re_path(r"^(?:/*)integrated-account/*\Z", accounts.index, name="truto_accounts"),
    re_path(r"^(?:/*)integrated-account/+(?P<account_id>[^/]+)/*\Z", accounts.one, name="truto_account"),
    re_path(r"^(?:/*)openapi\.json\Z", openapi.index, name="openapi"),
    re_path(r"^(?:/*)(?:unified|proxy|custom|integrated-account)(?:/|\Z)", truto.unknown, name="truto_unknown"),
]
