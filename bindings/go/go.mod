module adsync

go 1.19
