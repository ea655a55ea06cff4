"""What is a page? Any path that is not a file, and every document of the site."""

from orchestration.paths import page_path
from orchestration.resources.postgres import connect

# Parts of pages, and downloads. A name may hold any dot (python-3.14, asp.net), and pages may have
# any ending (shtml, jsp): a path that is not known to be a file is a page, as in AWStats, GoAccess and Matomo.
FILES = """
css js mjs map json webmanifest wasm xml xsl xslt rss atom txt
png apng jpg jpeg jfif jxl gif svg svgz webp avif bmp ico tif tiff psd heic heif
woff woff2 ttf otf eot swf class
mp3 mp4 m4a m4v ogg oga ogv opus wav flac aac avi mov mpg mpeg mkv webm weba wmv wma flv mid midi m3u8 m4s mpd ts vtt
pdf ps eps epub mobi azw3 djvu doc docx xls xlsx ppt pptx odt ods odp rtf csv tsv ics vcf
zip gz tgz bz2 tbz xz zst 7z rar tar jar war ear
exe msi dmg pkg deb rpm apk ipa iso img bin torrent
"""
FILE_ENDINGS = FILES.split()


def documents_named_like_files(database_url: str, site: str) -> list[str]:
    """Return the paths of documents (``page_path``) that end as files do, such as /blog/what-is-node.js."""
    with connect(database_url) as connection:
        paths = connection.execute("select distinct path from content.paths where site = %s", [site]).fetchall()
    return sorted({page for (path,) in paths if ending_of(page := page_path(path)) in FILE_ENDINGS})


def ending_of(path: str) -> str:
    """Return what follows the last dot of a path's last part, in lower case; an empty text where there is none."""
    return path.rpartition("/")[2].rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""
