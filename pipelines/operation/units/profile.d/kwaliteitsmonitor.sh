# For an administrator: the command as the pipeline's user, and as that of the dashboard of an audience.
kwaliteitsmonitor() {
  sudo --user=kwaliteitsmonitor env KWALITEITSMONITOR_HOME=$home \
    KWALITEITSMONITOR_CHAIN=$chain $bin/kwaliteitsmonitor "$$@"
}
kwaliteitsmonitor_of() {
  km_audience=$$1
  shift
  sudo --user="kwaliteitsmonitor-$$km_audience" env KWALITEITSMONITOR_HOME="$home-$$km_audience" \
    KWALITEITSMONITOR_CHAIN=$chain $bin/kwaliteitsmonitor "$$@"
}
