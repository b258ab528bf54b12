package main

import (
	"maps"
	"slices"

	"github.com/hashicorp/nomad/api"
	"github.com/hashicorp/nomad/nomad/structs"
)

// pluginsOf are the plugins of storage that jobs run.
func pluginsOf(jobs map[string]*api.Job) []string {
	found := map[string]bool{}
	for _, job := range jobs {
		for _, group := range job.TaskGroups {
			for _, task := range group.Tasks {
				if plugin := task.CSIPluginConfig; plugin != nil {
					found[plugin.ID] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// volumesOf are the volumes that a group asks plugins of storage for.
func volumesOf(group *api.TaskGroup) (found []*api.VolumeRequest) {
	for _, asked := range group.Volumes {
		if asked.Type == "csi" {
			found = append(found, asked)
		}
	}
	return found
}

// volumes registers the volumes that jobs ask plugins of storage for, as their owner would have: of the first plugin that there is.
func (s *server) volumes(jobs map[string]*api.Job, plugins []string) error {
	if len(plugins) == 0 {
		return nil
	}
	for _, job := range jobs {
		for _, group := range job.TaskGroups {
			for _, asked := range volumesOf(group) {
				volume := &api.CSIVolume{
					ID:       asked.Source,
					Name:     asked.Source,
					PluginID: plugins[0],
					RequestedCapabilities: []*api.CSIVolumeCapability{{
						AccessMode:     api.CSIVolumeAccessMode(asked.AccessMode),
						AttachmentMode: api.CSIVolumeAttachmentMode(asked.AttachmentMode),
					}},
				}
				if _, err := s.client.CSIVolumes().Register(volume, inNamespace(job)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// take claims the volumes of a job that was placed, as the agents of its nodes do before they start it.
func (s *server) take(job *api.Job, query *api.QueryOptions) error {
	placed, _, err := s.client.Jobs().Allocations(*job.ID, false, query)
	if err != nil {
		return err
	}
	for _, group := range job.TaskGroups {
		for _, asked := range volumesOf(group) {
			for _, allocation := range placed {
				if allocation.TaskGroup != *group.Name {
					continue
				}
				claim := structs.CSIVolumeClaimRequest{
					VolumeID:       asked.Source,
					AllocationID:   allocation.ID,
					NodeID:         allocation.NodeID,
					Claim:          structs.CSIVolumeClaimWrite,
					AccessMode:     structs.VolumeAccessMode(asked.AccessMode),
					AttachmentMode: structs.VolumeAttachmentMode(asked.AttachmentMode),
					State:          structs.CSIVolumeClaimStateTaken,
					WriteRequest:   structs.WriteRequest{Region: "global", Namespace: allocation.Namespace},
				}
				if asked.ReadOnly {
					claim.Claim = structs.CSIVolumeClaimRead
				}
				if err := s.rpc.call("CSIVolume.Claim", &claim, &structs.CSIVolumeClaimResponse{}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
